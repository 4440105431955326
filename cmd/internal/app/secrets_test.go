package app_test

// What is planted where, to be looked for everywhere else.
const (
	secretPurpose = "planted-purpose-6f0c2b"
	secretComment = "planted-comment-91d7ee"
	secretPicture = "planted-picture-c03a58"
)
