"""``python -m tfpredict.cli``."""

from tfpredict.cli.app import app

if __name__ == "__main__":
    app()
