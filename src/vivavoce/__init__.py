"""vivavoce: self-hosted, real-time voice conversation."""

__version__ = "0.1.0"

import os

# numpy's linear algebra shares even small products between threads, which then spin for the next one: with a hundred
# sessions they took a whole core and gave nothing. Read when numpy is first imported, by whoever that is.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
