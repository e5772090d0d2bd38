//! Secrets as they turn up in prompts, commands, files and their outputs.

use super::redact;

/// Asserts what becomes of a text.
#[track_caller]
fn gone(text: &str, expected: &str) {
    assert_eq!(redact(text), expected, "of {text}");
}

/// Asserts what becomes of each text, and tells of all that come out otherwise.
#[track_caller]
fn all_gone(cases: impl IntoIterator<Item = (String, String)>) {
    let wrong: Vec<_> = cases
        .into_iter()
        .filter(|(text, expected)| redact(text) != *expected)
        .map(|(text, expected)| format!("{text}\n  is {}\n not {expected}\n", redact(&text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

/// Characters as an issuer draws them.
fn drawn(length: usize) -> String {
    "q7Rt2LxV9bKm4Zp8Wc3Nd6Hs1Gf5Jy0TaQe".chars().cycle().take(length).collect()
}

fn hex(length: usize) -> String {
    "3f9a0c7be1d24586".chars().cycle().take(length).collect()
}

#[test]
fn tokens_are_known_by_their_form() {
    for (kind, token) in [
        ("aws", format!("AKIA{}", "IOSFODNN7EXAMPLE")),
        ("aws", format!("ASIA{}", "Y34FZKBOKMUTVV7A")),
        ("github", format!("ghp_{}", drawn(36))),
        ("github", format!("gho_{}", drawn(36))),
        ("github", format!("ghs_{}", drawn(36))),
        ("github", format!("ghu_{}", drawn(36))),
        ("github", format!("ghr_{}", drawn(76))),
        ("github", format!("github_pat_{}_{}", drawn(22), drawn(59))),
        ("gitlab", format!("glpat-{}", drawn(20))),
        ("gitlab", format!("glpat-{}.01.{}", drawn(27), drawn(9))),
        ("gitlab", format!("glrt-{}", drawn(20))),
        ("slack", format!("xoxb-123456789012-1234567890123-{}", drawn(24))),
        ("slack", format!("xoxp-12345-67890-{}", hex(32))),
        ("slack", format!("xapp-1-A0123-456-{}", hex(64))),
        ("stripe", format!("sk_live_{}", drawn(24))),
        ("stripe", format!("rk_live_{}", drawn(24))),
        ("stripe", format!("sk_test_{}", drawn(24))),
        ("stripe", format!("whsec_{}", drawn(32))),
        ("openai", format!("sk-{}", drawn(48))),
        ("openai", format!("sk-proj-{}_{}-{}", drawn(20), drawn(40), drawn(30))),
        ("openai", format!("sk-svcacct-{}", drawn(40))),
        ("openai", format!("sk-or-v1-{}", hex(64))),
        ("anthropic", format!("sk-ant-api03-{}-{}AA", drawn(60), drawn(30))),
        ("anthropic", format!("sk-ant-oat01-{}", drawn(80))),
        ("google", format!("AIza{}", drawn(35))),
        ("google", format!("AIzaSy-{}_x", drawn(30))),
        ("google", format!("GOCSPX-{}", drawn(28))),
        ("google", format!("ya29.a0{}", drawn(100))),
        ("google", format!("1//0{}", drawn(60))),
        ("npm", format!("npm_{}", drawn(36))),
        ("pypi", format!("pypi-AgEIcHlwaS5v{}", drawn(80))),
        ("huggingface", format!("hf_{}", drawn(34))),
        ("sendgrid", format!("SG.{}.{}", drawn(22), drawn(43))),
        ("digitalocean", format!("dop_v1_{}", hex(64))),
        ("docker", format!("dckr_pat_{}", drawn(27))),
        ("databricks", format!("dapi{}", hex(32))),
        ("shopify", format!("shpat_{}", hex(32))),
        ("vault", format!("hvs.{}", drawn(90))),
        ("linear", format!("lin_api_{}", drawn(40))),
        ("groq", format!("gsk_{}", drawn(52))),
        ("discord", format!("MTA{}.Gh{}.{}", drawn(23), drawn(4), drawn(38))),
        ("telegram", format!("123456789:AA{}", drawn(33))),
        ("age", format!("AGE-SECRET-KEY-1{}", drawn(58).to_uppercase())),
        ("jwt", format!("eyJhbGciOiJIUzI1NiJ9.eyJ{}.{}", drawn(40), drawn(43))),
        (
            "jwt",
            format!("eyJhbGciOiJub25lIn0.eyJ{}.", drawn(40)).trim_end_matches('.').to_owned() + ".",
        ),
    ] {
        let token = token.trim_end_matches('.');
        let dot = if token.len() < 70 && kind == "jwt" { "." } else { "" };
        let mark = format!("[redacted:{kind}]");
        gone(&format!("{token}{dot}"), &format!("{mark}{dot}"));
        for (before, after) in [
            ("use ", " now"),
            ("(", ")"),
            ("see `", "`, please"),
            ("line\n", "\nline"),
            ("[\"", "\"]"),
            ("\\n", "\\n"),
            ("\u{1b}[32m", "\u{1b}[0m"),
            ("a%3D", "&b"),
            ("日本", "語"),
            ("https://example.org/?x=", "&y=1"),
        ] {
            gone(&format!("{before}{token}{dot}{after}"), &format!("{before}{mark}{dot}{after}"));
        }
    }
}

/// What stands beside a mark is another neighbour than the secret was.
#[test]
fn what_a_secret_hid_is_found_when_it_is_gone() {
    gone(
        &format!("npm_{}--password 0123456789SKWm", drawn(36)),
        "[redacted:npm]--password [redacted:password]",
    );
}

#[test]
fn what_stands_for_a_secret_stays() {
    for text in [
        "password=%PASSWORD%",
        "password=[hidden]",
        "password: [a1b2c3d4]",
        "password=:param",
        "password=@param",
        "password=abc…def1",
        "password=abc...def1",
        "password=••••1",
        "the authorization was Zx8Qm2Lk5Vt7Rw1N",
    ] {
        gone(text, text);
    }
    gone("password: foo!bar", "password: [redacted:password]");
    gone(r#"{\"password\": \"ab\ncd1\"}"#, r#"{\"password\": \"[redacted:password]\"}"#);
}

#[test]
fn a_token_at_the_end_may_be_cut_off() {
    gone(&format!("x ghp_{}", drawn(9)), "x [redacted:github]");
    gone("x eyJhbGciOiJIUzI1", "x [redacted:jwt]");
    gone(&format!("x eyJhbGciOiJIUzI1NiJ9.eyJ{}", drawn(9)), "x [redacted:jwt]");
    gone(
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQ",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQ",
    );
    gone("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n", "[redacted:private-key]\n");
    gone("export DB_PASSWORD=\"cut0ff", "export DB_PASSWORD=\"[redacted:password]");
}

#[test]
fn twilio_ids_count_when_assigned() {
    let id = hex(32);
    gone(&format!("sid = \"AC{id}\""), "sid = \"[redacted:twilio]\"");
    gone(&format!("key: SK{id}"), "key: [redacted:twilio]");
    gone(&format!("see SK{id}"), &format!("see SK{id}"));
}

/// A key's lines, of the length PEM has them.
fn lines(count: usize, end: &str) -> String {
    format!("{}{end}", drawn(64)).repeat(count)
}

#[test]
fn private_keys_go_whole() {
    for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"]
    {
        let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
        let mark = "[redacted:private-key]";
        let cases = [
            format!("{begin}\n{}{end}", lines(3, "\n")),
            format!("{begin}\r\n{}{end}", lines(3, "\r\n")),
            format!(
                "{begin}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A\n\n{}{end}",
                lines(2, "\n")
            ),
            format!("{begin}\\n{}{end}", lines(3, "\\n")),
            format!("{begin}\\\\n{}{end}", lines(3, "\\\\n")),
            format!("{begin}{}{end}", drawn(400)),
            format!("{begin} {}{end}", lines(3, " ")),
            format!("{begin}\n{}", lines(3, "\n    ")).trim_end().to_owned(),
            format!("{begin}\n+{}", lines(3, "\n+")) + &end,
            format!("{begin}\n     2→{}", lines(1, "\n     3→")) + &lines(1, "\n     4→") + &end,
            format!("{begin}\n2\t{}", lines(1, "\n3\t")) + &lines(1, "\n4\t") + &end,
            format!("{begin}\\n\" +\n  \"{}", lines(2, "\\n\" +\n  \"")) + &end,
        ];
        for key in cases {
            gone(
                &format!("before\n{key}\nafter, as well"),
                &format!("before\n{mark}\nafter, as well"),
            );
            gone(&format!("\"{key}\""), &format!("\"{mark}\""));
        }
        // Without an end it goes on as far as its lines do.
        let cut = format!("{begin}\n{}and then words", lines(2, "\n"));
        gone(&cut, &format!("{mark}\nand then words"));
        let cut = format!("PRIVATE_KEY=\"{begin}\\n{}\\n", lines(1, "\\n") + &drawn(10));
        assert!(!redact(&cut).contains(&drawn(10)), "{}", redact(&cut));
    }
}

#[test]
fn passwords_in_urls_go_and_the_rest_stays() {
    all_gone(
        [
            (
                "postgres://app:hunter2@db.example.org:5432/app",
                "postgres://app:[redacted:password]@db.example.org:5432/app",
            ),
            ("postgresql+asyncpg://u:p%40ss@h/d", "postgresql+asyncpg://u:[redacted:password]@h/d"),
            ("mysql://root:r00t!@127.0.0.1", "mysql://root:[redacted:password]@127.0.0.1"),
            (
                "mongodb+srv://me:S3cret-x@c0.example.net/?w=1",
                "mongodb+srv://me:[redacted:password]@c0.example.net/?w=1",
            ),
            ("redis://:pw123456@cache:6379/0", "redis://:[redacted:password]@cache:6379/0"),
            ("amqp://guest:gu3st@mq//", "amqp://guest:[redacted:password]@mq//"),
            (
                "git clone https://bob:hunter2@git.example.org/x.git",
                "git clone https://bob:[redacted:password]@git.example.org/x.git",
            ),
            ("postgres://u:a/b@c@host/db", "postgres://u:[redacted:password]@host/db"),
            (
                "\"url\":\"https:\\/\\/u:pw-9@h\\/x\"",
                "\"url\":\"https:\\/\\/u:[redacted:password]@h\\/x\"",
            ),
            (
                "ftp://u:p@h and smb://v:q1@h",
                "ftp://u:[redacted:password]@h and smb://v:[redacted:password]@h",
            ),
        ]
        .map(|(text, expected)| (text.to_owned(), expected.to_owned())),
    );
    let user = drawn(30);
    gone(&format!("https://{user}@example.org/x"), "https://[redacted:token]@example.org/x");
    let path = format!("T0123ABCD/B0123ABCD/{}", drawn(24));
    gone(
        &format!("curl https://hooks.slack.com/services/{path} -d x"),
        "curl https://hooks.slack.com/services/[redacted:webhook] -d x",
    );
}

#[test]
fn headers_lose_their_credentials() {
    let token = drawn(30);
    all_gone(
        [
            ("Authorization: Bearer §", "Authorization: Bearer [redacted:auth]"),
            (
                "authorization: bearer §\r\nhost: x",
                "authorization: bearer [redacted:auth]\r\nhost: x",
            ),
            ("-H 'Authorization: token §'", "-H 'Authorization: token [redacted:auth]'"),
            (
                "-H \"Authorization: Basic dXNlcjpodW50ZXIy\"",
                "-H \"Authorization: Basic [redacted:auth]\"",
            ),
            (
                "{\"Authorization\": \"Bearer §\"}",
                "{\"Authorization\": \"Bearer [redacted:auth]\"}",
            ),
            (
                "{\\\"Authorization\\\":\\\"Bearer §\\\"}",
                "{\\\"Authorization\\\":\\\"Bearer [redacted:auth]\\\"}",
            ),
            (
                ".header(\"Authorization\", \"Bearer §\")",
                ".header(\"Authorization\", \"Bearer [redacted:auth]\")",
            ),
            ("Authorization: §", "Authorization: [redacted:auth]"),
            ("Proxy-Authorization: Basic dXNlcjpw", "Proxy-Authorization: Basic [redacted:auth]"),
            ("sends Bearer § along", "sends Bearer [redacted:auth] along"),
            ("x-api-key: §", "x-api-key: [redacted:key]"),
            ("-H 'X-API-Key: §'", "-H 'X-API-Key: [redacted:key]'"),
            ("X-Auth-Token: §", "X-Auth-Token: [redacted:token]"),
            ("Private-Token: §", "Private-Token: [redacted:token]"),
        ]
        .map(|(text, expected)| (text.replace("§", &token), expected.to_owned())),
    );
}

#[test]
fn command_lines_lose_their_passwords() {
    let secret = format!("wJalrXUtnFEMI/K7MDENG/{}", "bPxRfiCYEXAMPLEKEY");
    all_gone(
        [
            ("curl -u admin:hunter2 https://h", "curl -u admin:[redacted:password] https://h"),
            ("curl -sS --user 'me:a b' x", "curl -sS --user 'me:[redacted:password]' x"),
            ("curl \\\n  -u me:pw1 \\\n  x", "curl \\\n  -u me:[redacted:password] \\\n  x"),
            ("[\"curl\", \"-u\", \"me:pw1\"]", "[\"curl\", \"-u\", \"me:[redacted:password]\"]"),
            ("mysql -uroot -phunter2 app", "mysql -uroot -p[redacted:password] app"),
            ("mysqldump -h db -ps3cr3t! app", "mysqldump -h db -p[redacted:password] app"),
            ("sshpass -p 'hunter2' ssh x", "sshpass -p '[redacted:password]' ssh x"),
            ("docker login -u me -p hunter2", "docker login -u me -p [redacted:password]"),
            ("redis-cli -a hunter2 ping", "redis-cli -a [redacted:password] ping"),
            ("deploy --password hunter2 --now", "deploy --password [redacted:password] --now"),
            ("deploy --password=hunter --now", "deploy --password=[redacted:password] --now"),
            ("deploy --password \"correct horse\"", "deploy --password \"correct horse\""),
            ("tool --db-password 'hunter'", "tool --db-password '[redacted:password]'"),
            ("tool --api-key k3y-4bcd-9912", "tool --api-key [redacted:key]"),
            ("tool --token 0123456789abcdef", "tool --token [redacted:token]"),
            ("PGPASSWORD=hunter psql -h db", "PGPASSWORD=[redacted:password] psql -h db"),
            (
                "aws configure set aws_secret_access_key §",
                "aws configure set aws_secret_access_key [redacted:key]",
            ),
            (
                "npm config set //host.example/:_authToken §",
                "npm config set //host.example/:_authToken [redacted:token]",
            ),
            (
                "machine host.example login me password hunter",
                "machine host.example login me password [redacted:password]",
            ),
            ("openssl rsa -passin pass:hunter2", "openssl rsa -passin pass:[redacted:password]"),
        ]
        .map(|(text, expected)| (text.replace("§", &secret), expected.to_owned())),
    );
}

#[test]
fn a_mark_in_a_user_s_place_stays_whole() {
    let token = format!("ghp_{}", drawn(36));
    all_gone(
        [
            ("curl -u § https://h", "curl -u [redacted:github] https://h"),
            ("curl -u §:s3cr3t x", "curl -u [redacted:github]:[redacted:password] x"),
            ("curl -u 'me §:s3cr3t' x", "curl -u 'me [redacted:github]:[redacted:password]' x"),
        ]
        .map(|(text, expected)| (text.replace("§", &token), expected.to_owned())),
    );
}

#[test]
fn assignments_lose_their_values() {
    all_gone(
        [
            // .env and shells
            ("DB_PASSWORD=hunter2", "DB_PASSWORD=[redacted:password]"),
            ("DB_PASSWORD=correcthorse\nDB_HOST=x", "DB_PASSWORD=[redacted:password]\nDB_HOST=x"),
            ("export API_KEY='abcdef123456'", "export API_KEY='[redacted:key]'"),
            ("API_KEY=abcdef123456 ./run", "API_KEY=[redacted:key] ./run"),
            ("SECRET_KEY_BASE=0123456789abcdef", "SECRET_KEY_BASE=[redacted:key]"),
            ("JWT_SECRET=super-secret-value", "JWT_SECRET=[redacted:secret]"),
            ("JWT_SECRET=\"super-secret-value\"", "JWT_SECRET=\"[redacted:secret]\""),
            ("STRIPE_KEY=§", "STRIPE_KEY=[redacted:key]"),
            ("GITHUB_PAT=§", "GITHUB_PAT=[redacted:token]"),
            ("REDIS_PASSWORD=a&b)c;d", "REDIS_PASSWORD=[redacted:password]"),
            (
                "\"DB_PASSWORD=hunter2\\nDB_HOST=x\"",
                "\"DB_PASSWORD=[redacted:password]\\nDB_HOST=x\"",
            ),
            (
                "docker run -e MYSQL_ROOT_PASSWORD=root1 x",
                "docker run -e MYSQL_ROOT_PASSWORD=[redacted:password] x",
            ),
            ("$env:API_TOKEN = \"abc123def456\"", "$env:API_TOKEN = \"[redacted:token]\""),
            ("set DB_PASSWORD=hunter", "set DB_PASSWORD=[redacted:password]"),
            // JSON
            ("{\"password\": \"hunter2\"}", "{\"password\": \"[redacted:password]\"}"),
            (
                "{\"password\":\"letmein\",\"user\":\"x\"}",
                "{\"password\":\"[redacted:password]\",\"user\":\"x\"}",
            ),
            (
                "{\\\"password\\\":\\\"hunter2\\\"}",
                "{\\\"password\\\":\\\"[redacted:password]\\\"}",
            ),
            ("{\"clientSecret\": \"Ab3-xY9-0def1\"}", "{\"clientSecret\": \"[redacted:secret]\"}"),
            ("{\"access_token\":\"§\"}", "{\"access_token\":\"[redacted:token]\"}"),
            ("{\"auth\": \"dXNlcjpodW50ZXIy\"}", "{\"auth\": \"[redacted:auth]\"}"),
            (
                "{\"name\": \"DB_PASSWORD\", \"value\": \"hunter2\"}",
                "{\"name\": \"DB_PASSWORD\", \"value\": \"[redacted:password]\"}",
            ),
            ("\"password\": \"with \\\"quote\\\" 1\"", "\"password\": \"with \\\"quote\\\" 1\""),
            ("\"password\": \"with\\\"quote1\", x", "\"password\": \"[redacted:password]\", x"),
            (
                "\"passphrase\": \"correct horse battery staple\"",
                "\"passphrase\": \"[redacted:password]\"",
            ),
            // YAML, INI, properties
            ("password: hunter2", "password: [redacted:password]"),
            ("  db_password: 'hunter'", "  db_password: '[redacted:password]'"),
            ("POSTGRES_PASSWORD: postgres\n", "POSTGRES_PASSWORD: [redacted:password]\n"),
            (
                "- name: API_TOKEN\n  value: abc123def456\n",
                "- name: API_TOKEN\n  value: [redacted:token]\n",
            ),
            ("secret: §", "secret: [redacted:secret]"),
            ("spring.datasource.password=hunter", "spring.datasource.password=[redacted:password]"),
            ("password = P@ssw0rd!", "password = [redacted:password]"),
            ("aws_secret_access_key = §", "aws_secret_access_key = [redacted:key]"),
            ("//host.example/:_authToken=§", "//host.example/:_authToken=[redacted:token]"),
            // Connection strings
            (
                "Server=db;User Id=sa;Password=P@ss;w0rd;Encrypt=true",
                "Server=db;User Id=sa;Password=[redacted:password];Encrypt=true",
            ),
            ("Uid=me;Pwd=hunter;Database=x", "Uid=me;Pwd=[redacted:password];Database=x"),
            (
                "AccountName=x;AccountKey=§+/x==;EndpointSuffix=y",
                "AccountName=x;AccountKey=[redacted:key];EndpointSuffix=y",
            ),
            (
                "Endpoint=sb://x/;SharedAccessKey=§=",
                "Endpoint=sb://x/;SharedAccessKey=[redacted:key]",
            ),
            (
                "jdbc:mysql://h/d?user=me&password=hunter&x=1",
                "jdbc:mysql://h/d?user=me&password=[redacted:password]&x=1",
            ),
            ("https://h/?access_token=§&x=1", "https://h/?access_token=[redacted:token]&x=1"),
            (
                "https://x.blob/?sv=1&sig=§%3D&se=2",
                "https://x.blob/?sv=1&sig=[redacted:token]&se=2",
            ),
            // Code
            ("password = \"hunter2\"", "password = \"[redacted:password]\""),
            ("const apiKey = '§';", "const apiKey = '[redacted:key]';"),
            ("let secret: &str = \"§\";", "let secret: &str = \"[redacted:secret]\";"),
            ("password: str = \"hunter\"", "password: str = \"[redacted:password]\""),
            ("token = os.environ.get(\"T\", \"§\")", "token = os.environ.get(\"T\", \"§\")"),
            ("config['password'] = 'hunter2'", "config['password'] = '[redacted:password]'"),
            ("os.environ[\"API_KEY\"] = \"§\"", "os.environ[\"API_KEY\"] = \"[redacted:key]\""),
            (
                "connect(user='x', password='hunter')",
                "connect(user='x', password='[redacted:password]')",
            ),
            ("if password == \"hunter2\":", "if password == \"[redacted:password]\":"),
            (".password(\"hunter2\")", ".password(\"[redacted:password]\")"),
            ("password := \"hunter2\"", "password := \"[redacted:password]\""),
            ("'password' => 'hunter2',", "'password' => '[redacted:password]',"),
            ("String password = \"hunter2\";", "String password = \"[redacted:password]\";"),
            ("#define WIFI_PASSWORD \"hunter2\"", "#define WIFI_PASSWORD \"hunter2\""),
            ("<password>hunter2</password>", "<password>[redacted:password]</password>"),
            ("<add key=\"ApiKey\" value=\"§\"/>", "<add key=\"ApiKey\" value=\"[redacted:key]\"/>"),
            // Prose
            ("my password is hunter2!, thanks", "my password is [redacted:password], thanks"),
            ("the API key is §.", "the API key is [redacted:key]."),
            ("Password: `hunter2`", "Password: `[redacted:password]`"),
            ("**Password:** hunter2", "**Password:** [redacted:password]"),
            ("wifi password: 12345678", "wifi password: [redacted:password]"),
            ("+DB_PASSWORD=hunter", "+DB_PASSWORD=[redacted:password]"),
        ]
        .map(|(text, expected)| (text.replace("§", &drawn(30)), expected.replace("§", &drawn(30)))),
    );
}
