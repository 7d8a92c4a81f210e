/** Why a company was not connected. The console shows these words where the merchant comes back to. */
export type ConnectProblem = 'missing-permission' | 'access-denied' | 'state-expired' | 'company-taken' | 'other-company' | 'unknown'

/** What happened, what was not done, and what to do. What comes by an address and is no problem we know of reads as `unknown`. */
export function connectProblemText(problem: string): string {
  switch (problem as ConnectProblem) {
    case 'missing-permission':
      return 'The permission “Accounting” (QuickBooks Online accounting data) was not given. Nothing was connected. Choose Connect to QuickBooks again and leave every permission ticked.'
    case 'access-denied':
      return 'The connection was declined at QuickBooks. Nothing was connected. Choose Connect to QuickBooks to try again.'
    case 'state-expired':
      return 'This attempt to connect was too old, was used already, or came from another browser. Nothing was connected. Choose Connect to QuickBooks again.'
    case 'company-taken':
      return 'This QuickBooks company is connected to another merchant here. Nothing was connected. Disconnect it there first, or choose another company.'
    case 'other-company':
      return 'This is another QuickBooks company than the one whose invoices are kept here. Nothing was connected. Choose the same company as before, or sign up a second merchant for the other one.'
    case 'unknown':
    default:
      return 'QuickBooks did not finish the connection. Nothing was connected. Choose Connect to QuickBooks again.'
  }
}
