"""``python -m pylyap``: the same as the command ``pylyap``."""

import sys

from .cli import main

sys.exit(main())
