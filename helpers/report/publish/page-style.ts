/**
 * What of Allure's page a learner has no use for: the path of a test, its severity, tabs that are empty or repeat what
 * the lesson shows, labels that repeat the tree, filters for what the course does not have.
 */
export const pageStyle = `
[data-testid="test-result-copy-control"],
[data-testid="test-result-tab-retries"],
[data-testid="test-result-tab-attachments"],
[data-testid="test-result-tab-environments"],
[data-testid="test-result-tab-history"]:not(:has([data-testid="counter"])),
[data-testid="test-result-tab-overview"]:not(:has(~ [data-testid="test-result-tab-history"] [data-testid="counter"])),
[data-testid="nav-tab-qualityGate"], [data-testid="nav-tab-globalAttachments"],
[data-testid="nav-tab-globalErrors"]:not(:has([class*="status-failed"])),
[data-testid="nav-tab-results"]:not(:has(~ [data-testid="nav-tab-globalErrors"] [class*="status-failed"])),
div:has(> div > [data-testid="metadata-item-total"]),
[data-testid="retry-filter"], [data-testid="flaky-filter"], [data-testid="resolution-filter"],
[data-testid="transition-filter"], [data-testid="severity-filter"],
[data-testid="tree-leaf-order"],
[data-testid^="test-result-status"] ~ div:has(> svg:first-child):not(:has(a)),
[data-tr-scroll-container] div:has(> div > div > [data-testid="metadata-item"]),
[data-testid="test-result-description"] > div > button
{ display: none !important; }
`;
