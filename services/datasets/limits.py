"""How much of a file the portal reads, so that no upload can exhaust the machine."""

MAX_BYTES = 200 * 1024**2
MAX_ROWS = 20_000_000
MAX_COLUMNS = 2_000
MAX_CELL_BYTES = 1024**2
MAX_NAME_LENGTH = 256  # characters of a column name
MAX_FILE_NAME_LENGTH = 255

PARSE_MEMORY_BYTES = 3 * 1024**3
PARSE_CPU_SECONDS = 60
PARSE_WALL_SECONDS = 60.0
PARSE_NICENESS = 10
