"""What a run hands back, read: the spectrum, its statistics, its verdict, its file. Knows no Julia."""
