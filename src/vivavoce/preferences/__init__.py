"""What users have set for themselves, kept by the server so that they find it again on another machine."""
