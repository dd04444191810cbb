"""Personal data: what names a person, reaches one, pays for one or stands in their papers. Checksums and context decide."""
