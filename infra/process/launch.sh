# Starts the machine in the background of this session and returns. Descriptor 3 is the
# machine's lock; whatever runs below inherits it. $$ stays the session leader's id in the
# sub-shell: the group to signal.
echo $$ >"$MACHINE_PID"
(
	case $MACHINE_FAULT in
	no-boot) exec sleep 86400 ;;
	dies-booting) exec sleep "$MACHINE_HALF_DELAY" ;;
	slow-boot) sleep "$MACHINE_SLOW_DELAY" ;;
	esac
	sleep "$MACHINE_DELAY"
	case $MACHINE_FAULT in
	dies-in-call)
		"$MACHINE_WORKER" &
		sleep "$MACHINE_LIFE"
		kill -KILL $!
		exit 1
		;;
	esac
	exec "$MACHINE_WORKER"
) </dev/null >"$MACHINE_LOG" 2>&1 &
