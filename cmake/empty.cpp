// Stands in for a library whose folder has no source yet.
