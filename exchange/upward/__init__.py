"""What the city reports to the provincial platform: an extension of `publicity.push`, which carries it."""
