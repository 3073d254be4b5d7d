"""`python -m imaging.worker`: answers requests, one JSON line each, until its standard input ends."""

import os
import sys


def main() -> None:
    """Keep the way to the owner apart, silence everything else, and only then load what reads files."""
    # Threads of numpy's own would each take address space for themselves.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # Codecs write what they think to the standard output; nothing but answers may go to the owner.
    answers = os.dup(1)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    from imaging.worker.serving import serve

    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
