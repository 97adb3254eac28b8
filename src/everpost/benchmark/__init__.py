"""The core of `everpost bench` and of the benchmarks in `bench/`: a blog, a client, figures, reports."""
