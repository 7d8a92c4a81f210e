import { html, raw } from 'hono/html'

export type Brand = { name: string; accent: string | null; logoUrl: string | null; supportEmail: string | null }
export type Letter = { subject: string; html: string; text: string }
type Fragment = ReturnType<typeof html>

/** Text of others inside a line of ours: a line break would end a subject, and a sign that turns the reading direction would turn our words and amounts too. */
export function inLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '')
}

/** One column of 600 px with the merchant's name and accent; it reads well with images off and in the dark. */
export async function frame(brand: Brand, preview: string, content: Fragment): Promise<string> {
  const accent = colour(brand.accent)
  const page = await html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <meta name="color-scheme" content="light dark" />
    <meta name="supported-color-schemes" content="light dark" />
    <title>${preview}</title>
    <style>
      @media (prefers-color-scheme: dark) {
        .page { background: #16181d !important; }
        .card { background: #1f2229 !important; }
        .ink { color: #f1f2f4 !important; }
        .soft { color: #aab0bb !important; }
        .line { border-color: #3a3f4a !important; }
      }
    </style>
  </head>
  <body class="page" style="margin:0;padding:0;background:#f4f5f7">
    <div style="display:none;max-height:0;overflow:hidden">${preview}</div>
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="page" style="background:#f4f5f7"><tr><td align="center" style="padding:24px 12px;word-break:break-word">
      <table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="card" style="max-width:600px;background:#ffffff;border-top:4px solid ${accent};border-radius:8px">
        <tr><td class="ink" style="padding:28px 28px 0;font:600 17px/24px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:#1b1f27">
          ${brand.logoUrl ? html`<img src="${brand.logoUrl}" alt="${brand.name}" height="32" style="display:block;border:0" />` : brand.name}
        </td></tr>
        <tr><td class="ink" style="padding:16px 28px 28px;font:400 15px/23px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:#1b1f27">${content}</td></tr>
      </table>
      <p class="soft" style="max-width:544px;margin:16px auto 0;font:400 13px/19px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:#5c6470">
        ${brand.supportEmail ? html`Questions? Write to <a href="mailto:${brand.supportEmail}" class="soft" style="color:#5c6470">${brand.supportEmail}</a>.` : `Sent by ${brand.name}.`}
      </p>
    </td></tr></table>
  </body>
</html>`
  return String(page)
}

/** The one main action: a link that looks like a button where the reader shows style. */
export function button(brand: Brand, href: string, label: string): Fragment {
  const accent = colour(brand.accent)
  return html`<p style="margin:24px 0 8px"><a href="${href}" style="display:inline-block;padding:12px 22px;border-radius:6px;background:${accent};color:${inkOn(accent)};font-weight:600;text-decoration:none">${label}</a></p>`
}

export function rows(pairs: readonly (readonly [string, string])[]): Fragment {
  return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:16px 0;border-collapse:collapse">
    ${pairs.map(([label, value]) => html`<tr><td class="line" style="padding:8px 0;border-bottom:1px solid #e3e6ea">${label}</td><td class="line" align="right" style="padding:8px 0;border-bottom:1px solid #e3e6ea;font-variant-numeric:tabular-nums">${value}</td></tr>`)}
  </table>`
}

/** The last line of the plain-text part. */
export function textEnd(brand: Brand): string {
  return brand.supportEmail ? `Questions? Write to ${brand.supportEmail}.\n` : `${brand.name}\n`
}

function colour(accent: string | null): ReturnType<typeof raw> {
  return raw(accent && /^#[0-9a-f]{6}$/i.test(accent) ? accent : '#1f4fd8')
}

/** White or black, whichever can be read on this colour (relative luminance as WCAG counts it). */
function inkOn(accent: ReturnType<typeof raw>): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(at => {
    const part = Number.parseInt(String(accent).slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#111111' : '#ffffff'
}
