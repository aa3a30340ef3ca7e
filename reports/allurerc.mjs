import { defineConfig } from 'allure';

export default defineConfig({
  name: 'Mesh Mastery',
  output: 'reports/html',
  resultsDir: 'reports/allure-results',
  historyPath: 'reports/history.jsonl',
  historyLimit: 60,
  hideLabels: ['_fallbackTestCaseId', 'host', 'thread', 'package', 'language', 'framework', 'parentSuite', 'suite', 'subSuite'],
  plugins: {
    lessons: {
      import: '@allurereport/plugin-awesome',
      options: {
        reportName: 'Mesh Mastery',
        singleFile: true,
        layout: 'split',
        groupBy: ['epic', 'feature'],
        stepTreeExpansion: 'expanded',
        defaultSortBy: 'name,asc',
      },
    },
  },
});
