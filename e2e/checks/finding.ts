/** One thing that is wrong and where; `text` says what to do about it. */
export type Finding = { rule: string; place: string; text: string }

/** Looks at the project in folder `root`. No finding means it is in order. Throws when the check itself cannot be made. */
export type Check = (root: string) => Promise<Finding[]>
