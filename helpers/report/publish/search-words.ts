const searchIndex = /d\("(widgets\/[^"]*search-index\.json)",\s*"([A-Za-z0-9+/=]+)"\)/g;

/** An exercise as the report's search knows it; only what is used here. */
interface SearchDocument {
  readonly id: string;
  statusMessage?: string;
}

/** The words of a text that are worth searching for, each once. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.match(/[\p{L}][\p{L}\p{N}.-]{2,}/gu))];
}

/**
 * Lets the report's own search find an exercise by more than its name.
 *
 * @param texts what an exercise is to be found by, by the id of its page
 */
export function addSearchWords(html: string, texts: ReadonlyMap<string, string>): string {
  return html.replaceAll(searchIndex, (_whole, name: string, encoded: string) => {
    const documents = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as SearchDocument[];
    for (const document of documents) {
      const more = wordsOf(texts.get(document.id) ?? '');
      if (more.length > 0) document.statusMessage = [document.statusMessage, ...more].filter(Boolean).join(' ');
    }
    return `d("${name}","${Buffer.from(JSON.stringify(documents)).toString('base64')}")`;
  });
}
