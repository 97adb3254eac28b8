// Uses a blog through the types that openapi-typescript makes of the OpenAPI document.
import createClient from "openapi-fetch";

import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

type Post = components["schemas"]["PostRead"];

const [address, token] = process.argv.slice(2);
if (address === undefined || token === undefined) throw new Error("usage: blog.js ADDRESS TOKEN");

const guest = createClient<paths>({ baseUrl: address });
const admin = createClient<paths>({ baseUrl: address, headers: { Authorization: `Bearer ${token}` } });

function expect(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

const created = await admin.POST("/posts", {
  body: { title: "Hello from TypeScript", content: "A post.", tags: ["news"], comment_policy: "open" },
});
if (created.data === undefined) throw new Error(created.error.detail);
const post: Post = created.data;
expect(post.slug === "hello-from-typescript", "the slug is derived from the title");
const path = { post_id: post.id };

const comment = await guest.POST("/posts/{post_id}/comments", {
  params: { path },
  body: { name: "Gus Guest", content: "Welcome!" },
});
expect(comment.data?.edit_key !== undefined, "a guest gets the key of a comment");

const listed = await guest.GET("/posts", { params: { query: { tag: "news", count: true } } });
expect(listed.data?.[0]?.comments[0]?.content === "Welcome!", "a listed post includes its comments");
expect(listed.response.headers.get("X-Total-Count") === "1", "posts are counted");

const tree = await guest.GET("/posts/{post_id}/comments", { params: { path, query: { view: "tree" } } });
const first = tree.data?.[0];
expect(first !== undefined && "replies" in first && first.replies.length === 0, "a tree has replies");

const stale = await admin.PATCH("/posts/{post_id}", {
  params: { path, header: { "if-match": '"1-1-0000000000000000"' } },
  body: { title: "Too late" },
});
expect(stale.error?.status === 412, "an outdated ETag is refused with a problem");

const invalid = await admin.POST("/posts", { body: { title: "", content: "" } });
expect(invalid.error?.errors?.[0]?.field === "title", "a problem names the invalid field");

const login = await guest.POST("/login", {
  body: { username: "nobody@blog.example", password: "a wrong password" },
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
});
expect(login.response.status === 401, "a wrong password is refused");

const removed = await admin.DELETE("/posts/{post_id}", { params: { path } });
expect(removed.response.status === 204, "a post is deleted");
console.log("done");
