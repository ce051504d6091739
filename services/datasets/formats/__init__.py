"""The formats of files: one file each, from bytes to columns of cells. All of it runs in the limited child only."""
