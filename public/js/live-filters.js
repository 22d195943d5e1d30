import { all, find, given, one } from './dom.js';

/** So long after the last key the list is fetched. */
const PAUSE_MS = 200;
/** A list that takes longer to come looks busy. */
const BUSY_MS = 200;

/**
 * Lists follow their filters as one types: the page is fetched and the list in it replaced.
 * @param {Document} root
 * @param {() => void} onReplaced for what has to be bound to the new list
 */
export function bindFilters(root, onReplaced) {
  for (const form of all(root, 'form[data-live]', HTMLFormElement)) bindForm(form, onReplaced);
}

/**
 * @param {HTMLFormElement} form
 * @param {() => void} onReplaced
 */
function bindForm(form, onReplaced) {
  const status = addStatus(form);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let running;

  const refresh = async () => {
    running?.abort();
    running = new AbortController();
    const address = addressOf(form);
    const list = one(document, given(form, 'live'), HTMLElement);
    const busy = setTimeout(() => list.setAttribute('aria-busy', 'true'), BUSY_MS);
    try {
      const response = await fetch(address, { signal: running.signal, headers: { accept: 'text/html' } });
      if (!response.ok || response.redirected) return form.submit();
      const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
      status.textContent = replaceList(list, given(form, 'live'), fresh);
      replaceParts(fresh);
      history.replaceState(null, '', address);
      onReplaced();
    } catch (error) {
      // A request that could not be sent is a TypeError; whatever else went wrong, the page itself says.
      if (error instanceof TypeError) showOffline(list);
      else if (!(error instanceof DOMException && error.name === 'AbortError')) form.submit();
    } finally {
      clearTimeout(busy);
      list.removeAttribute('aria-busy');
    }
  };

  one(form, '[data-live-submit]', HTMLElement).hidden = true;
  form.addEventListener('input', () => {
    // Leaving by another form now leads back to what was typed.
    for (const here of all(document, 'input[data-here]', HTMLInputElement)) here.value = addressOf(form);
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), PAUSE_MS);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(timer);
    void refresh();
  });
}

/**
 * Where a screen reader hears how many rows there are now; it outlives the list.
 * @param {HTMLFormElement} form
 */
function addStatus(form) {
  const status = document.createElement('p');
  status.className = 'visually-hidden';
  status.setAttribute('role', 'status');
  form.append(status);
  return status;
}

/**
 * @param {HTMLElement} list
 * @param {string} selector
 * @param {Document} fresh
 * @returns how many rows there are now, in words
 */
function replaceList(list, selector, fresh) {
  const replacement = one(fresh, selector, HTMLElement);
  list.replaceWith(replacement);
  return one(replacement, '[data-count]', HTMLElement).textContent;
}

/**
 * What says the filters elsewhere: their number, the download, the way to clear them.
 * @param {Document} fresh
 */
function replaceParts(fresh) {
  for (const part of all(document, '[data-live-part]', HTMLElement)) {
    const replacement = find(fresh, `[data-live-part="${given(part, 'livePart')}"]`, HTMLElement);
    if (replacement) part.replaceWith(replacement);
  }
}

/**
 * The list stays as it is, and says that it is not new.
 * @param {HTMLElement} list
 */
function showOffline(list) {
  find(list, '[data-offline]', HTMLElement)?.remove();
  const words = document.createElement('p');
  words.className = 'alert alert-warn offline';
  words.setAttribute('role', 'alert');
  words.dataset.offline = '';
  words.textContent = document.body.dataset.offline ?? '';
  list.prepend(words);
}

/** @param {HTMLFormElement} form */
function addressOf(form) {
  const search = new URLSearchParams();
  for (const [name, value] of new FormData(form))
    if (typeof value === 'string' && value !== '') search.append(name, value);
  const action = form.getAttribute('action') ?? '';
  return search.size === 0 ? action : `${action}?${search}`;
}
