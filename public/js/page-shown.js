/**
 * Calls back now and whenever the page is shown again: a browser that goes back to a page puts what was typed into its
 * fields after the scripts have run.
 * @param {() => void} callback
 */
export function whenShown(callback) {
  callback();
  window.addEventListener('pageshow', callback);
}
