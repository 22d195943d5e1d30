/** A form that changes something is sent once: its buttons rest while it is on its way. */
export function bindForms(root) {
  for (const form of root.querySelectorAll('form[data-once]')) {
    let sent = false;
    form.addEventListener('submit', (event) => {
      if (sent) return event.preventDefault();
      sent = true;
      // After the browser has collected the fields, the pressed button's among them.
      setTimeout(() => form.querySelectorAll('button').forEach((button) => (button.disabled = true)));
    });
  }
  // A page that comes back from the browser's memory can be used again.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) window.location.reload();
  });
}
