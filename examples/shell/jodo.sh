#!/bin/sh
# A client's test in POSIX shell: it needs curl, sed and a running sandbox, and nothing of ours.
#
#   jodo-mock serve &
#   sh examples/shell/jodo.sh
#
# JODO_MOCK_URL says where the server is, JODO_MOCK_ADMIN_TOKEN what its admin API asks for, if it does.
set -eu
url=${JODO_MOCK_URL:-http://127.0.0.1:8080}
token=${JODO_MOCK_ADMIN_TOKEN:-none}

fail() { echo "failed: $1" >&2; exit 1; }

# expect WHAT EXPECTED GOT
expect() {
  [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
  echo "ok: $1"
}

# admin VERB PATH [BODY]: asks the admin API.
admin() {
  curl --silent --show-error --fail-with-body --max-time 10 --request "$1" \
    --header "Authorization: Bearer $token" ${3+--data "$3"} "$url/__admin$2" ||
    fail "$1 /__admin$2"
}

# member NAME: the value of the member of that name in the JSON on standard input, without quotes.
member() { sed -n 's/.*"'"$1"'" *: *"\{0,1\}\([^",}]*\).*/\1/p'; }

# push NUMBER: sends a command as clients do, a form with one field that holds JSON.
push() {
  command='{"method":"ImportProcessData","apikey":"'$apikey'","servicekey":"'$servicekey'","media":"12",'
  command=$command'"updateparam":"mobilenumber","data":[{"sr_number":"1","mobilenumber":"'$1'"}]}'
  curl --silent --show-error --fail --max-time 10 --data-urlencode "data=$command" "$endpoint" || fail "the push"
}

made=$(admin POST /sandboxes '{"edition": "1.0.6"}')
key=$(echo "$made" | member key)
trap 'admin DELETE "/sandboxes/$key" >/dev/null' EXIT
endpoint=$(echo "$made" | member endpoint)
apikey=$(echo "$made" | member apikey)
servicekey=$(echo "$made" | member VoiceProcess)

answer=$(push 9876500001)
expect 'the push is taken' 1 "$(echo "$answer" | member status)"
expect 'the first customer of every sandbox is 125' 125 "$(echo "$answer" | member customercode)"
expect 'and its first call 796' 796 "$(echo "$answer" | member calllistid)"
expect 'the second is 126' 126 "$(push 9876500002 | member customercode)"
expect 'a number that is too short is refused' 043 "$(push 12345 | member statuscode)"

admin POST "/sandboxes/$key/faults" '{"status": 38}' >/dev/null
expect 'a failure on purpose' 038 "$(push 9876500003 | member status)"

journal=$(admin GET "/sandboxes/$key/requests?method=ImportProcessData")
expect 'the journal has all four pushes' 4 "$(echo "$journal" | member total)"
