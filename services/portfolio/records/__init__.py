"""Every project a person may see as one record: what the table, the board, the matrix and the timeline show."""
