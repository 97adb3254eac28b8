"""A post and minimal configurations of generators, for the tests."""

POST = "---\ntitle: A\ndate: 2020-01-02\n---\nText"
HUGO = {"hugo.toml": "title = 'A site'"}
JEKYLL = {"_config.yml": "title: A site"}
HEXO = {"_config.yml": "theme: landscape\nnew_post_name: :title.md"}
ELEVENTY = {"eleventy.config.js": "export default {}"}
ZOLA = {"config.toml": 'base_url = "https://a.example"'}
PELICAN = {"pelicanconf.py": "AUTHOR = 'Ann'"}
