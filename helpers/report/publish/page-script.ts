/**
 * What the report's page does besides Allure's own script, for the browser; runs before that script.
 *
 * - Allure's script stands before its data: without an object to wait for, a slow page fetches files that do not exist.
 * - Descriptions stand in a frame that Allure measures once. When the window or the split changes, text wraps anew and
 *   the last lines would be cut off, so the frame follows its content.
 * - What unfolds in them makes them longer.
 * - Links in them lose their target when Allure cleans the text; without one they would load inside the frame.
 *
 * @param firstPage id of the page to open on
 * @param groups ids of the groups in the list on the left; all are shown open, so that it reads as a table of contents
 */
export function pageScript(firstPage: string, groups: readonly string[]): string {
  return `window.allureReportData = window.allureReportData || {};
      if (location.hash === '') location.hash = '#${firstPage}';
      if (localStorage.getItem('sideBySidePosition') === null) localStorage.setItem('sideBySidePosition', '[34,66]');
      const searchHint = 'Search: a name, or a word of a manifest';
      localStorage.setItem('expandedTrees', '${JSON.stringify(groups)}');
      new MutationObserver(() => {
        const search = document.querySelector('[data-testid="search-input"]');
        if (search !== null && search.placeholder !== searchHint) search.placeholder = searchHint;
        for (const frame of document.querySelectorAll('iframe[data-testid="test-result-description-frame"]')) {
          if (frame.followed) continue;
          frame.followed = true;
          const fit = () => {
            const page = frame.contentDocument && frame.contentDocument.documentElement;
            if (page && page.offsetHeight > 0) frame.style.height = page.offsetHeight + 'px';
          };
          frame.addEventListener('load', () => {
            fit();
            new ResizeObserver(fit).observe(frame.contentDocument.documentElement);
            for (const link of frame.contentDocument.links) link.target = link.getAttribute('href').startsWith('#') ? '_top' : '_blank';
          });
          new ResizeObserver(fit).observe(frame);
        }
      }).observe(document, { childList: true, subtree: true });
      `;
}
