-- The requests that wrk sends, from its arguments after `--`: the method, a file with a path on each line,
-- the body, and then header, value, header, value … Each request goes to a random path; {unique} in the body
-- is replaced with a different text each time. The figures are printed as one line of JSON.

function init(args)
  wrk.method = args[1]
  local paths = {}
  for line in io.lines(args[2]) do
    paths[#paths + 1] = line
  end
  if args[3] ~= "" then
    wrk.body = args[3]
  end
  for number = 4, #args, 2 do
    wrk.headers[args[number]] = args[number + 1]
  end
  math.randomseed(os.time())
  if wrk.body and wrk.body:find("{unique}", 1, true) then
    vary_body(paths)
  elseif #paths > 1 then
    vary_path(paths)
  else
    wrk.path = paths[1]
  end
end

function vary_body(paths)
  local template, run, count = wrk.body, string.format("%x", math.random(2 ^ 31)), 0
  request = function()
    count = count + 1
    local body = template:gsub("{unique}", run .. "-" .. count)
    return wrk.format(nil, paths[math.random(#paths)], nil, body)
  end
end

function vary_path(paths)
  local prepared = {}
  for number, path in ipairs(paths) do
    prepared[number] = wrk.format(nil, path)
  end
  request = function()
    return prepared[math.random(#prepared)]
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  local refused, broken = errors.status, errors.connect + errors.read + errors.write + errors.timeout
  print(string.format(
    '{"requests": %d, "microseconds": %d, "bytes": %d, "refused": %d, "broken": %d, "p50": %f, "p95": %f, "p99": %f}',
    summary.requests, summary.duration, summary.bytes, refused, broken,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)
  ))
end
