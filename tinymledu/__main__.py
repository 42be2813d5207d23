"""`python -m tinymledu` is the same as `tinymledu`."""

import sys

from tinymledu.cli import main

if __name__ == "__main__":
    sys.exit(main())
