"""The kinds of records that a blog consists of; `registry` lists them."""
