"""Tables that units hand in: declared as profiles, read in columns, merged by set, answered row by row."""
