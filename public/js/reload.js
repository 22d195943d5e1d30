/** A page about something that is running loads itself again while it runs. */
export function bindReload(root) {
  const running = root.querySelector('[data-reload]');
  if (running) setTimeout(() => location.reload(), Number(running.dataset.reload));
}
