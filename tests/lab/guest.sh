#!/usr/bin/env bash
# A throw-away Linux with a real Bluetooth stack (kernel bluetooth and hci_vhci, dbus-daemon, bluetoothd) on a machine
# that has none: User Mode Linux, built once from Debian's own kernel source. It needs neither KVM nor a network.
#
#   guest.sh setup                     install what is needed and build the kernel; does nothing when that is done
#   guest.sh run [OPTIONS] -- COMMAND  boot, run the command, end with its exit status
#   guest.sh test [OPTIONS] -- ARGS    setup, then pytest in the guest; --out keeps its junit.xml
#
# The guest's root is this machine's own, read-only, under a layer in memory: Python and the project are there, and what
# the guest writes is gone afterwards, except below --out. Each boot is alone in folders of its own, so that several may
# run at once.
#
#   --clock real|skip|free   real: the wall's. skip: seconds in which nobody computes are jumped over. free: computing
#                            takes no time either, so that a session lasts as long as its work, and always the same.
#                            The default is real
#   --timeout S              end the guest after so many seconds of the wall clock; 300
#   --out FOLDER             writable in the guest at the same path; console, bluetoothd and junit.xml end up there
#   --env NAME[=VALUE]       pass a variable on, or set it; may be given again
#   --memory MB              of the guest; 1024
#   --bare                   boot without D-Bus and bluetoothd
#   --timing                 say at the end how long what took
#
# Exit status: the command's own; 124 it took too long; 125 the guest failed; 77 this machine cannot have a guest, and
# the last line says why.
set -u
CACHE=${COACH_LAB_CACHE:-/var/cache/coach-lab}
SELF=$(readlink -f "$0")
PROJECT=$(readlink -f "$(dirname "$SELF")/../..")
NEEDS="bluez dbus busybox-static"
BUILD_NEEDS="linux-source-6.1 gcc libc6-dev make flex bison bc xz-utils"
KERNEL=$CACHE/linux

fail() { echo "guest: $*" >&2; exit 125; }
cannot() { echo "guest: not on this machine: $*" >&2; exit 77; }

# -- setup -------------------------------------------------------------------------------------------------------------

setup() {
    [ "$(uname -sm)" = "Linux x86_64" ] || cannot "it is no Linux on x86-64"
    [ "$(id -u)" = 0 ] || cannot "mounting and installing need root"
    command -v apt-get >/dev/null || cannot "packages come from Debian, and there is no apt-get"
    traceable || cannot "ptrace is forbidden here, and User Mode Linux runs its processes by it"
    mkdir -p "$CACHE" || cannot "$CACHE cannot be made; COACH_LAB_CACHE names another folder"
    exec 7>"$CACHE/lock"
    flock 7 # two that set up at once build one kernel
    install_missing $NEEDS
    local stamp; stamp=$( (kernel_config; declare -f build) | sha256sum)
    if [ ! -x "$KERNEL" ] || [ "$(cat "$CACHE/stamp" 2>/dev/null)" != "$stamp" ]; then
        install_missing $BUILD_NEEDS
        (set -e; build) >"$CACHE/build.log" 2>&1 || { tail -n 20 "$CACHE/build.log" >&2; fail "the kernel does not build"; }
        echo "$stamp" >"$CACHE/stamp"
    fi
    exec 7>&-
}

traceable() {
    python3 - <<'PY'
import ctypes, os, sys

PTRACE_TRACEME = 0
child = os.fork()
if not child:
    os._exit(1 if ctypes.CDLL(None).ptrace(PTRACE_TRACEME, 0, 0, 0) else 0)
sys.exit(os.waitpid(child, 0)[1] != 0)
PY
}

install_missing() {
    local missing=() one
    for one in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$one" 2>/dev/null | grep -qx installed || missing+=("$one")
    done
    ((${#missing[@]})) || return 0
    # nothing that is installed may start a daemon on this machine
    local policy=/usr/sbin/policy-rc.d made=
    [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; made=1; }
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
        >"$CACHE/apt.log" 2>&1
    local status=$?
    [ -z "$made" ] || rm -f $policy
    [ $status = 0 ] || { tail -n 5 "$CACHE/apt.log" >&2; cannot "apt-get does not install ${missing[*]}"; }
}

# What is not in allnoconfig; there are no modules. Without high resolution timers every wait would be rounded to 10 ms.
kernel_config() {
    local on
    for on in 64BIT HIGH_RES_TIMERS UML_TIME_TRAVEL_SUPPORT HOSTFS OVERLAY_FS TMPFS TMPFS_XATTR DEVTMPFS PROC_FS SYSFS \
        SHMEM UNIX98_PTYS BINFMT_ELF BINFMT_SCRIPT MULTIUSER EPOLL EVENTFD SIGNALFD TIMERFD INOTIFY_USER FUTEX \
        POSIX_TIMERS FILE_LOCKING ADVISE_SYSCALLS MEMBARRIER PRINTK NET UNIX INET BT BT_BREDR BT_LE BT_HCIVHCI \
        CRYPTO CRYPTO_AES CRYPTO_CMAC CRYPTO_ECB CRYPTO_ECDH CRYPTO_USER_API_HASH CRYPTO_USER_API_SKCIPHER \
        INPUT HID UHID HW_RANDOM UML_RANDOM NULL_CHAN SSL DEBUG_INFO_NONE; do
        echo "CONFIG_$on=y"
    done
    echo 'CONFIG_KERNEL_STACK_ORDER=4' # as much as the register state below wants
    echo 'CONFIG_CON_ZERO_CHAN="fd:0,fd:1"'
    echo 'CONFIG_CON_CHAN="null"'
    echo 'CONFIG_SSL_CHAN="null"'
}

build() {
    tree=$(mktemp -d "$CACHE/tree.XXXXXX") # not local: the trap runs outside of this function
    trap 'cd /; rm -rf "$tree"' EXIT
    tar -C "$tree" --strip-components=1 -xf /usr/src/linux-source-6.1.tar.xz
    cd "$tree"
    # Room for the registers of processors with AVX-512 and AMX (11008 bytes). With the stock 2696 the first process
    # dies of "ptrace set fp regs failed, errno = 14".
    sed -i 's/DEFINE_LONGS(HOST_FP_SIZE, 2696);/DEFINE_LONGS(HOST_FP_SIZE, 12288);/' arch/x86/um/user-offsets.c
    grep -q 'HOST_FP_SIZE, 12288' arch/x86/um/user-offsets.c
    # 6.1.192 ends a channel when the last socket of a link is closed, though the channel ended with the link: a
    # bluetoothd that closes late brings the kernel down. It ends where it ended before.
    local l2cap=net/bluetooth/l2cap_core.c
    if sed -n '/^static void l2cap_conn_free/,/^}/p' $l2cap | grep -q 'hci_chan_del(conn->hchan)'; then
        sed -i -e '/^static void l2cap_conn_free/,/^}/{/hci_chan_del(conn->hchan)/d}' \
            -e '/^static void l2cap_conn_del/,/^}/s/^\thcon->l2cap_data = NULL;/\thci_chan_del(conn->hchan);\n&/' $l2cap
    fi
    kernel_config >"$tree/wanted"
    make ARCH=um allnoconfig KCONFIG_ALLCONFIG="$tree/wanted"
    make ARCH=um -j"$(nproc)" linux
    strip -s -o "$KERNEL.new" linux
    mv "$KERNEL.new" "$KERNEL"
}

# -- in the guest ------------------------------------------------------------------------------------------------------

# The first process: it makes the guest's root, runs `inside` in it, and hands the exit status over.
init_script() { cat <<'SH'
#!/bin/bash
HAND=@HAND@
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc; mount -t sysfs sys /sys
root=/run/root
mount -t tmpfs -o mode=755,size=75% tmpfs /run; mkdir -p /run/{upper,work,root}
mount -t overlay -o lowerdir=/,upperdir=/run/upper,workdir=/run/work overlay $root
mount -t proc proc $root/proc; mount -t sysfs sys $root/sys
mount -t devtmpfs dev $root/dev; mkdir -p $root/dev/{pts,shm}; mount -t devpts devpts $root/dev/pts
mount -t tmpfs tmpfs $root/dev/shm
ln -sf /proc/self/fd $root/dev/fd; ln -sf fd/0 $root/dev/stdin; ln -sf fd/1 $root/dev/stdout; ln -sf fd/2 $root/dev/stderr
mount -t tmpfs -o mode=755 tmpfs $root/run; mkdir -p $root/run/{dbus,lock,hand}
mount -t hostfs -o "$HAND" none $root/run/hand
out=$(cat "$HAND/out")
[ -z "$out" ] || { mkdir -p "$root$out"; mount -t hostfs -o "$out" none "$root$out"; }
hostname guest; busybox ifconfig lo 127.0.0.1 up
for console in $root/dev/tty1 $root/dev/tty2; do stty -F $console raw -echo -opost; done
setsid chroot $root /bin/bash /run/hand/inside >$root/dev/tty1 2>$root/dev/tty2 </dev/null
status=$?
echo "ended $(cut -d' ' -f1 /proc/uptime)" >>$root/run/hand/timing
echo $status >$root/run/hand/status
for console in $root/dev/tty1 $root/dev/tty2; do stty -F $console -echo drain 2>/dev/null; done # what is still in them
exec busybox poweroff -f
SH
}

# The command, behind a bus and a bluetoothd that has its name on it.
inside_script() { cat <<'SH'
set -a; . /run/hand/env; set +a
if [ -z "$BARE" ]; then
    [ -s /etc/machine-id ] || dbus-uuidgen --ensure=/etc/machine-id
    rm -rf /var/lib/bluetooth/* # what this machine's own bluetoothd may remember
    dbus-daemon --system --fork --nopidfile || exit 125
    bash "$BLUETOOTHD" || exit 125
fi
echo "ready $(cut -d' ' -f1 /proc/uptime)" >>/run/hand/timing
cd "$FOLDER" || exit 125
mapfile -d '' -t command </run/hand/command
"${command[@]}"
SH
}

# Starts bluetoothd, and comes back when it is on the bus; a test that has killed it does the same again.
bluetoothd_script() { cat <<'SH'
/usr/libexec/bluetooth/bluetoothd -n >>/run/hand/bluetoothd.log 2>&1 &
for _ in $(seq 200); do
    dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:org.bluez \
        2>/dev/null | grep -q 'boolean true' && exit 0
    sleep 0.05
done
echo 'guest: bluetoothd did not start' >&2
exit 1
SH
}

# -- run ---------------------------------------------------------------------------------------------------------------

run() {
    local clock=real timeout=300 out= memory=1024 bare= timing= env=()
    while [ $# -gt 0 ]; do
        case $1 in
            --clock) clock=$2; shift 2;;
            --timeout) timeout=$2; shift 2;;
            --out) mkdir -p "$2"; out=$(readlink -f "$2"); shift 2;;
            --env) case $2 in *=*) env+=("$2");; *) env+=("$2=${!2-}");; esac; shift 2;;
            --memory) memory=$2; shift 2;;
            --bare) bare=1; shift;;
            --timing) timing=1; shift;;
            --) shift; break;;
            *) fail "no such option: $1";;
        esac
    done
    [ $# -gt 0 ] || fail "no command"
    [ -x "$KERNEL" ] || fail "not set up: bash $SELF setup"
    local travel
    case $clock in
        real) travel=;;
        skip) travel=time-travel;;
        free) travel=time-travel=inf-cpu;;
        *) fail "no such clock: $clock";;
    esac
    hand=$(mktemp -d -t coach-guest.XXXXXX)
    init_script | sed "s|@HAND@|$hand|" >"$hand/init"; chmod +x "$hand/init"
    inside_script >"$hand/inside"
    bluetoothd_script >"$hand/bluetoothd"
    printf '%s\0' "$@" >"$hand/command"
    echo "$out" >"$hand/out"
    { printf '%s=%q\n' COACH_GUEST "$clock" HOME /root LANG C.UTF-8 PATH "$PATH" BARE "$bare" FOLDER "$PWD" \
          BLUETOOTHD /run/hand/bluetoothd
      local one; for one in ${env[@]+"${env[@]}"}; do printf '%s=%q\n' "${one%%=*}" "${one#*=}"; done; } >"$hand/env"
    # our own stdout and stderr may be sockets, which the kernel's consoles cannot be
    mkfifo "$hand/stdout" "$hand/stderr"
    cat <"$hand/stdout" & local said=$!
    cat <"$hand/stderr" >&2 & local erred=$!
    exec 8>"$hand/stdout" 9>"$hand/stderr"
    local began=$EPOCHREALTIME
    # the guest's memory is a file in TMPDIR; a session of its own, so that nothing of it is left
    TMPDIR=/dev/shm setsid timeout -k 5 "$timeout" "$KERNEL" "mem=${memory}M" rootfstype=hostfs rootflags=/ ro \
        "init=$hand/init" "uml_dir=$hand" umid=uml con=null con0=null,fd:1 con1=null,fd:8 con2=null,fd:9 \
        quiet loglevel=4 panic=-1 $travel </dev/null >"$hand/console" 2>"$hand/engine" &
    engine=$!
    exec 8>&- 9>&-
    trap 'kill -KILL -- -$engine 2>/dev/null; rm -rf "$hand"' EXIT
    trap 'exit 130' INT TERM
    wait $engine; local ended=$? status
    kill -KILL -- -$engine 2>/dev/null
    wait $said $erred
    if [ -s "$hand/status" ]; then status=$(cat "$hand/status")
    elif [ $ended = 124 ] || [ $ended = 137 ]; then status=124; echo "guest: ended after $timeout s" >&2
    else status=125; echo "guest: it ended without a status ($ended)" >&2; tail -n 20 "$hand/engine" "$hand/console" >&2; fi
    if [ -n "$timing" ]; then
        printf 'guest: status %s, %.1f s of the wall; its own clock: %s\n' "$status" \
            "$(awk "BEGIN{print $EPOCHREALTIME - $began}")" "$(tr '\n' ' ' <"$hand/timing" 2>/dev/null)" >&2
    fi
    [ -z "$out" ] || cp "$hand"/{console,bluetoothd.log} "$out" 2>/dev/null
    rm -rf "$hand"
    trap - EXIT INT TERM
    return "$status"
}

# -- test --------------------------------------------------------------------------------------------------------------

test_in_guest() {
    local options=() out=
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        [ "$1" != --out ] || out=$2
        case $1 in --bare|--timing) options+=("$1"); shift;; *) options+=("$1" "$2"); shift 2;; esac
    done
    [ "${1:-}" != -- ] || shift
    (setup) || exit $?
    local python; python=$(command -v python) && "$python" -c 'import bleak, bumble, pytest' 2>/dev/null \
        || fail "python on the path has no pip install -e '.[dev]'"
    cd "$PROJECT" || exit 125
    [ -z "$out" ] || { mkdir -p "$out"; out=$(readlink -f "$out"); set -- "--junitxml=$out/junit.xml" "$@"; }
    run ${options[@]+"${options[@]}"} -- "$python" -m pytest -p no:cacheprovider "$@"
}

case ${1:-} in
    setup) shift; setup "$@";;
    run) shift; run "$@";;
    test) shift; test_in_guest "$@";;
    *) sed -n '2,/^set/{s/^# \{0,1\}//;/^set/d;p}' "$SELF"; exit 2;;
esac
