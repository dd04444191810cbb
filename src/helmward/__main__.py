"""`python -m helmward` is the command line."""

from helmward.faces.cli.main import main

if __name__ == "__main__":
    main()
