// The elements of a page that a script works on, with their types.

/**
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T[]}
 */
export function all(root, selector, type) {
  /** @returns {element is T} */
  const isOfType = (/** @type {Element} */ element) => element instanceof type;
  return [...root.querySelectorAll(selector)].filter(isOfType);
}

/**
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T | undefined}
 */
export function find(root, selector, type) {
  return all(root, selector, type)[0];
}

/**
 * What the page of the script always has.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function one(root, selector, type) {
  const element = find(root, selector, type);
  if (!element) throw new Error(`The page lacks ${selector}`);
  return element;
}

/**
 * A live region is read again only when its words change.
 * @param {HTMLElement} element
 * @param {string} words
 */
export function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * What the server has written into a `data-` attribute.
 * @param {HTMLElement} element
 * @param {string} name as in `dataset`
 */
export function given(element, name) {
  const value = element.dataset[name];
  if (value === undefined) throw new Error(`${element.tagName} lacks the data ${name}`);
  return value;
}
