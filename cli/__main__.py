"""`python -m cli`: what the launcher starts."""

from cli.app import main

if __name__ == "__main__":
    main()
