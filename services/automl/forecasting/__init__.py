"""The next values of one or many series, by what was known before, against the simplest thing one could do."""
