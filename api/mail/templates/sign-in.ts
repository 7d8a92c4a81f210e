import { html } from 'hono/html'
import { type Brand, type Letter, frame, textEnd } from './frame.ts'

/** Six digits, in the subject too, so that nobody has to open the mail. `minutes`: how long they are good. */
export async function signInLetter(brand: Brand, code: string, minutes: number): Promise<Letter> {
  const spaced = `${code.slice(0, 3)} ${code.slice(3)}`
  const first = `${spaced} is your code for ${brand.name}`
  return {
    subject: first,
    html: await frame(brand, first, html`<p style="margin:0">Your code:</p>
      <p style="margin:8px 0;font-size:28px;line-height:36px;font-weight:600;letter-spacing:4px;font-variant-numeric:tabular-nums">${code}</p>
      <p style="margin:0">It is good for ${minutes} minutes. If you did not ask for it, there is nothing to do: nobody can get in without it.</p>`),
    text: `Your code for ${brand.name}: ${code}\n\nIt is good for ${minutes} minutes. If you did not ask for it, there is nothing to do: nobody can get in without it.\n\n${textEnd(brand)}`,
  }
}
