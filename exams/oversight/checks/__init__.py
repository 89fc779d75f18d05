"""The automatic checks of an audit over people, applications, results, bodies, the archive and the journal itself."""
