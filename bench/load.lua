-- Posts the body in BENCH_BODY to the same address again and again.
-- With BENCH_COUNT it ends wrk after that many replies, and prints how many of them were errors;
-- wrk itself can only count seconds.
local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = os.getenv("BENCH_TYPE")
file:close()

local wanted = tonumber(os.getenv("BENCH_COUNT") or "0")
if wanted > 0 then
  local seen, errors = 0, 0
  function response(status)
    seen = seen + 1
    if status >= 400 then errors = errors + 1 end
    if seen >= wanted then
      io.write(string.format("counted %d errors %d\n", seen, errors))
      io.flush()
      os.exit(0)
    end
  end
end
