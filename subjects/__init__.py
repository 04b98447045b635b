"""Subjects: who credit information is about, by which numbers and names they are known, and how they are found."""
