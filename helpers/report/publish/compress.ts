import { gzipSync } from 'node:zlib';

/** A file in a single-file report: what it is called, and what it holds in base64. */
const dataFile = /d\(("(?:[^"\\]|\\.)*"),"([A-Za-z0-9+/=]+)"\)/g;
const appScript = /<script defer src="data:text\/javascript;base64,([A-Za-z0-9+/=]+)"><\/script>/;

/**
 * What unpacks in the browser. The report asks an object for its files and waits for what it gets, so the object may
 * unpack each when it is asked for; what is never looked at stays packed.
 */
const unpackScript = `<script>
      const unpack = async (packed) => new Uint8Array(await new Response(
        new Blob([Uint8Array.from(atob(packed), (c) => c.charCodeAt(0))]).stream().pipeThrough(new DecompressionStream('gzip'))
      ).arrayBuffer());
      const base64 = (bytes) => {
        let text = '';
        for (let from = 0; from < bytes.length; from += 32768) text += String.fromCharCode(...bytes.subarray(from, from + 32768));
        return btoa(text);
      };
      window.allureReportData = new Proxy({}, {
        get: (files, name) => {
          const file = files[name];
          return typeof file === 'string' && file.startsWith('gzip:') ? unpack(file.slice(5)).then(base64) : file;
        },
      });
    </script>
    `;

/** Packs the files of a single-file report and its program; the page unpacks what it needs. */
export function compressHtml(html: string): string {
  const packed = html
    .replaceAll(dataFile, (whole, name: string, content: string) => {
      const small = `gzip:${pack(content)}`;
      return small.length < content.length ? `d(${name},"${small}")` : whole;
    })
    .replace(appScript, (_whole, program: string) => startScript(pack(program)));
  return packed.replace('<script>', () => `${unpackScript}<script>`);
}

/** Starts a packed program as the browser would have done by itself. */
function startScript(packed: string): string {
  return `<script>
      unpack('${packed}').then((bytes) => {
        const script = document.createElement('script');
        script.src = URL.createObjectURL(new Blob([bytes], { type: 'text/javascript' }));
        document.head.append(script);
      });
    </script>`;
}

function pack(base64: string): string {
  return gzipSync(Buffer.from(base64, 'base64'), { level: 9 }).toString('base64');
}
