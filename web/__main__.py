"""`python -m web` serves until it is told to stop."""

from web.serve import main

main()
