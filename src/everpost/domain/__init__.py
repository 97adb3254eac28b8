"""What a blog is: values and pure rules, standard library only (and `bson` where ids are made)."""
