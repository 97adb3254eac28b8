"""Import the sites of Jekyll, Hexo, Hugo, Zola, Pelican and Eleventy."""
