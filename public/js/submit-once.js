import { all } from './dom.js';

/**
 * A form that changes something is sent once: its buttons are disabled while it is on its way.
 * @param {Document} root
 */
export function bindSubmitOnce(root) {
  for (const form of all(root, 'form[data-once]', HTMLFormElement)) {
    let sent = false;
    form.addEventListener('submit', (event) => {
      if (sent) return event.preventDefault();
      sent = true;
      // After the browser has collected the fields, the pressed button's among them.
      setTimeout(() => all(form, 'button', HTMLButtonElement).forEach((button) => (button.disabled = true)));
    });
  }
  // A page that comes back from the browser's memory can be used again.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) window.location.reload();
  });
}
