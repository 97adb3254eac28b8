"""The kinds of records a blog consists of: `registry` lists them."""
