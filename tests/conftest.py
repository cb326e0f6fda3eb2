"""What all tests need."""

import signal

# A job in the background begins with SIGINT ignored, and passes that on to every child, also to those that the tests
# interrupt. A handler of one's own is not passed on: children begin with the default.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
