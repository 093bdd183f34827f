#!/bin/sh
# SPDX-License-Identifier: MIT
# sample: yes
#
# Files that commands name are pinned. What runs later runs them as they stand, so whoever retries or
# rolls back is told by name which of them changed, and can see how. A run is dirty when one of them
# differs from its commit; files that nodes write never make it so.
. "$(dirname "$0")/lib.sh"

git_here() {
	git -c user.name=t -c user.email=t@localhost "$@" >/dev/null || fail "git $*"
}
cat >swap.yaml <<'END'
name: swap
nodes:
  - id: swap
    run: [./swap.sh, made.conf]
    undo: ./swap.sh --back
    artifacts: [made.conf]
  - {id: verify, needs: [swap], run: sh verify.sh}
END
printf '#!/bin/sh\necho "$1" >made.conf\n' >swap.sh
printf 'exit 1\n' >verify.sh
chmod +x swap.sh
git_here init .
git_here add .
git_here commit -m first

expect 1 hlp run swap.yaml --yes
expect 0 hlp status swap -o json
is dirty false
expect 0 hlp rollback swap --node swap --plan
! grep -q 'since it was pinned' "$out" || fail "nothing changed yet"

# A script that was mended meanwhile is named, before anything runs.
printf 'echo fine\n' >verify.sh
expect 0 hlp retry swap/verify --yes
complains '^! verify.sh changed since it was pinned.*hlp diff swap#1 verify.sh'
! grep -q 'swap.sh' "$err" || fail "swap.sh did not change"
wait_for 20 execution_is swap COMPLETED
expect 0 hlp diff swap verify.sh
says '^--- verify.sh \(pinned\)'
says '^-exit 1'
says '^[+]echo fine'
expect 0 hlp diff swap ./swap.sh
says 'no difference'
expect 1 hlp diff swap nowhere.sh
complains "no artifact or pinned file 'nowhere.sh'"

# So it is in the plan of a rollback; an artifact is not, whatever became of it.
rm swap.sh
echo by hand >made.conf
expect 0 hlp rollback swap --node swap --plan
says '^! verify.sh changed since it was pinned'
says '^! ./swap.sh was removed since it was pinned'
! grep -q 'made.conf .*pinned' "$out" || fail "an artifact counts as pinned"

# Dirty: by a script that is not as committed, and not by what a node wrote.
git_here checkout -- swap.sh
expect 0 hlp run swap.yaml --yes
expect 0 hlp status swap -o json
is dirty true
git_here add verify.sh
git_here commit -m second
expect 0 hlp run swap.yaml --yes
expect 0 hlp status swap -o json
is dirty false
