const LOOK_EVERY_MS = 1_000;

/**
 * Takes the end of the parent for SIGTERM, where npm runs this script. npm passes signals to the shell between us, and
 * the shell ends without passing them on: without this everything would run on with nobody to stop it. Whoever runs
 * the script without npm may well end before it.
 */
export function endWithParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    // A listener passes it on and waits for an orderly end; without one nothing runs yet that needs it.
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  timer.unref();
}
