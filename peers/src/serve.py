# What every Python side ends with: a question a line, an answer a line.


def serve(side):
    for line in sys.stdin:
        word, *rest = line.split()
        if word == "ready":
            answer = "ready"
        elif word == "digest":
            answer = side.digest(None if rest[0] == "all" else int(rest[0]))
        elif word == "time":
            answer = side.time_ns(int(rest[0]))
        elif word == "peak":
            answer = side.peak_bytes() if hasattr(side, "peak_bytes") else "none"
        else:
            sys.exit(f"there is no answer to {line!r}")
        print(answer, flush=True)
    if hasattr(side, "close"):
        side.close()


serve(globals()[sys.argv[1]](*sys.argv[2:]))
