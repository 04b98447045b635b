"""举报线索 and comments on published cases: anybody hands them in, officers answer and moderate; nobody is listed by them."""
