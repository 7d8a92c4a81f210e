import { html, raw } from 'hono/html'
import { layout, type Html } from '../layout.ts'
import type { CompanyChoice, ConsentRequest } from './parts.ts'
import { scopes } from './scopes.ts'
import type { IntuitUser } from './users.ts'

/** Who signs in? The sandbox knows its people, so it asks for no password. */
export function signInPage(page: { appName: string; request: ConsentRequest; users: readonly IntuitUser[]; error: string | undefined }): Html {
  const { appName, request, users, error } = page
  return layout(
    'Sign in',
    html`<h1>Sign in</h1>
      <p class="lead">to continue to <strong>${appName}</strong></p>
      ${errorNote(error)}
      <form method="post" action="/connect/sign-in">
        <input type="hidden" name="request" value="${request.id}" />
        <ul class="choices">
          ${users.map(
            user =>
              html`<li>
                <button class="choice" name="user" value="${user.sub}">
                  <span class="initials" aria-hidden="true">${user.givenName.slice(0, 1)}${user.familyName.slice(0, 1)}</span>
                  <span><span class="name">${user.givenName} ${user.familyName}</span><span class="detail">${user.email}</span></span>
                </button>
              </li>`,
          )}
        </ul>
      </form>
      <p class="small">These people exist in the sandbox only, so no password is asked.</p>`,
  )
}

/** The company (unless only a sign-in is asked for), the permissions, and the answer. */
export function consentPage(page: { appName: string; request: ConsentRequest; user: IntuitUser; companies: CompanyChoice[] | undefined; error: string | undefined }): Html {
  const { appName, request, user, companies, error } = page
  const isStuck = companies?.length === 0
  return layout(
    companies ? `Connect ${appName} to QuickBooks` : `Sign in to ${appName}`,
    html`<form class="who" method="post" action="/connect/sign-out">
        <input type="hidden" name="request" value="${request.id}" />
        <span>Signed in as <strong>${user.givenName} ${user.familyName}</strong></span>
        <button class="plain">Not you?</button>
      </form>
      <h1>${companies ? html`Connect <span>${appName}</span> to QuickBooks` : html`Sign in to <span>${appName}</span>`}</h1>
      ${errorNote(error)}
      <form method="post" action="/connect/consent">
        <input type="hidden" name="request" value="${request.id}" />
        ${companies ? companyChoice(companies) : ''} ${isStuck ? '' : permissions(request, appName)}
        <div class="answers">
          ${isStuck ? '' : html`<button class="main" name="answer" value="connect">${companies ? 'Connect' : 'Continue'}</button>`}
          <button class="second" name="answer" value="decline" formnovalidate>No thanks</button>
        </div>
      </form>
      <p class="small">You can disconnect ${appName} at any time, there or in QuickBooks.</p>`,
  )
}

/** What is wrong with a request that cannot be answered by going back to the app. */
export function problemPage(appName: string, problem: string): Html {
  return layout(
    'This app cannot connect',
    html`<h1>Sorry, ${appName} did not connect</h1>
      <p class="error" role="alert">${problem}</p>
      <p class="small">Nothing was shared. Close this page, or go back to the app.</p>`,
  )
}

function companyChoice(companies: CompanyChoice[]): Html {
  if (companies.length === 0) return html`<p class="error" role="alert">You are not an administrator of any QuickBooks company. Sign in as somebody who is, or ask them to connect.</p>`
  return html`<fieldset>
    <legend>Company</legend>
    ${companies.map(
      (company, index) =>
        html`<label class="row">
          <input type="radio" name="realmId" value="${company.realmId}" required ${index === 0 && companies.length === 1 ? raw('checked') : ''} />
          <span><span class="name">${company.name}</span><span class="detail">Company ${company.realmId} · ${company.country}</span></span>
        </label>`,
    )}
  </fieldset>`
}

function permissions(request: ConsentRequest, appName: string): Html {
  return html`<fieldset>
    <legend>${appName} asks for</legend>
    ${request.scopes.map(
      scope =>
        html`<label class="row">
          <input type="checkbox" name="scope" value="${scope}" checked />
          <span><span class="name">${scopes[scope].title}</span><span class="detail">${scopes[scope].detail}</span></span>
        </label>`,
    )}
    <p class="small">Untick what you do not want to share. Parts of ${appName} may then not work.</p>
  </fieldset>`
}

function errorNote(error: string | undefined): Html | '' {
  return error === undefined ? '' : html`<p class="error" role="alert">${error}</p>`
}
