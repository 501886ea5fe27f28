# Runs the examples of README.md and docs/*.md, and holds the reference in
# docs/*.md against the catalog.
#
# In every file, in order, each block fenced ```sql goes through one psql call,
# all blocks of a file in one database of their own. What psql prints has to be
# the ```text block that follows directly. A block fenced ```sql error has to
# fail, and its ```text gives the error with its SQLSTATE. Blocks fenced
# otherwise (```sql-syntax, ```sh) are not run.
#
# A server with cx_metrics installed is named by PGHOST, PGPORT and PGUSER;
# PGDATABASE is connected to only to create the others.

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(basename dirname);
use IPC::Open3;
use Test::More;

my $root = abs_path(dirname(abs_path(__FILE__)) . '/..');
my $home = $ENV{PGDATABASE} // 'postgres';
my %created;

$ENV{LC_ALL}           = 'C';
$ENV{PGTZ}             = 'UTC';
$ENV{PGDATESTYLE}      = 'ISO';
$ENV{PGCLIENTENCODING} = 'UTF8';
$ENV{PGOPTIONS}        = '-c client_min_messages=warning';
$SIG{$_} = sub { exit 1 }
  for qw(INT TERM HUP);

END
{
	my $status = $?;
	drop_database($_) for keys %created;
	$? = $status;
}

# ---------------------------------------------------------------- psql

# Returns exit status, standard output, standard error.
sub psql
{
	my ($database, $sql, @options) = @_;
	open(my $errors, '+>', undef) or die "temporary file: $!";
	my $pid = open3(
		my $in, my $out, '>&' . fileno($errors),
		'psql', '-X', '-q', '-d', $database,
		'-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose',
		'-P', 'pager=off', '-P', 'border=1', '-P', 'linestyle=ascii',
		@options);
	{
		local $SIG{PIPE} = 'IGNORE';
		print $in $sql;
		close $in;
	}
	local $/;
	my $printed = <$out> // '';
	waitpid($pid, 0);
	my $status = $? >> 8;
	seek($errors, 0, 0);
	my $said = <$errors> // '';
	return ($status, $printed, $said);
}

# Runs SQL that has to succeed; returns its rows, columns split by tabs.
sub rows
{
	my ($database, $sql) = @_;
	my ($status, $printed, $said) = psql($database, $sql, '-A', '-t', '-F', "\t");
	BAIL_OUT("psql: $said") if $status != 0;
	return map { [ split /\t/, $_, -1 ] } split /\n/, $printed;
}

sub create_database
{
	my ($name) = @_;
	my $database = lc "cx_docs_${$}_$name";
	$database =~ s/\W/_/g;
	$created{$database} = 1;
	rows($home, "CREATE DATABASE $database TEMPLATE template0");

	# Error messages in English, where that may be set.
	psql($home, "ALTER DATABASE $database SET lc_messages = 'C'");
	rows($database, 'CREATE EXTENSION cx_metrics');
	return $database;
}

sub drop_database
{
	my ($database) = @_;
	delete $created{$database};
	psql($home, "DROP DATABASE IF EXISTS $database");
}

# ---------------------------------------------------------------- files

sub content
{
	my ($file) = @_;
	open(my $handle, '<', $file) or BAIL_OUT("$file: $!");
	local $/;
	return <$handle>;
}

# The fenced blocks of a file: info string, first line, text, and whether only
# blank lines stand between it and the block before.
sub blocks
{
	my ($file) = @_;
	my @blocks;
	my ($open, $follows, $number) = (undef, 0, 0);

	for my $line (split /\n/, content($file))
	{
		$number++;
		if ($open && $line eq '```')
		{
			push @blocks, $open;
			($open, $follows) = (undef, 1);
		}
		elsif ($open)
		{
			$open->{text} .= "$line\n";
		}
		elsif ($line =~ /^```(.*\S)\s*$/)
		{
			$open = { info => $1, line => $number, text => '', follows => $follows };
		}
		elsif ($line =~ /\S/)
		{
			$follows = 0;
		}
	}
	BAIL_OUT("$file: the block of line $open->{line} is not closed") if $open;
	return @blocks;
}

# Without blanks at the ends of lines and blank lines at the end.
sub trimmed
{
	my ($text) = @_;
	$text =~ s/[ \t]+$//mg;
	$text =~ s/\n+\z//;
	return $text;
}

# What psql says of an error, without the places in the statement and the source.
sub error_text
{
	my ($said) = @_;
	return trimmed(join "\n", grep { /^(ERROR|DETAIL|HINT):/ } split /\n/, $said);
}

# ---------------------------------------------------------------- examples

sub run_block
{
	my ($database, $where, $block, $expected) = @_;
	my ($status, $printed, $said) = psql($database, $block->{text});

	if ($block->{info} eq 'sql error')
	{
		isnt($status, 0, "$where fails") or return;
		is(error_text($said), $expected // '(no text block follows)', "$where: its error");
		return;
	}
	if ($status != 0 || $said ne '')
	{
		fail($where);
		diag($said);
		return;
	}
	is(trimmed($printed), $expected // '', $where);
}

sub run_file
{
	my ($file) = @_;
	my $name     = basename($file);
	my @blocks   = blocks($file);
	my $database = create_database($name);
	my $run      = 0;

	for my $i (0 .. $#blocks)
	{
		my ($block, $next) = @blocks[ $i, $i + 1 ];
		next unless $block->{info} =~ /^sql( error)?$/;
		my $expected =
		  $next && $next->{info} eq 'text' && $next->{follows} ? trimmed($next->{text}) : undef;
		$run++;
		run_block($database, "$name line $block->{line}", $block, $expected);
	}
	ok($run > 0, "$name has examples");
	drop_database($database);
}

# ---------------------------------------------------------------- reference

# One spelling of the types, and of a signature.
sub spelled
{
	my ($signature) = @_;
	$signature =~ s/double precision/float8/g;
	$signature =~ s/timestamp with time zone/timestamptz/g;
	$signature =~ s/\b(integer|int4)\b/int/g;
	$signature =~ s/\bsmallint\b/int2/g;
	$signature =~ s/::\w+(\[\])?//g;
	return $signature;
}

# The signatures that `name(argument type/type, ..)` stands for: one for each
# of the types that are given by slashes, taken together over all arguments.
sub signatures
{
	my ($text) = @_;
	my @found;
	my $most = 1;

	while ($text =~ m{(\w+(?:/\w+)+)}g)
	{
		my $types = () = $1 =~ m{\w+}g;
		$most = $types if $types > $most;
	}
	for my $k (0 .. $most - 1)
	{
		my $one = $text;
		$one =~ s{(\w+(?:/\w+)+)}{(split m(/), $1)[$k] // "?"}ge;
		push @found, spelled($one);
	}
	return @found;
}

sub check_reference
{
	my @files    = @_;
	my $all      = join "\n", map { content($_) } @files;
	my $database = create_database('reference');
	my $member   = "JOIN pg_depend d ON d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass"
	  . " JOIN pg_extension e ON e.oid = d.refobjid AND e.extname = 'cx_metrics'";
	my @functions = rows($database, <<"SQL");
SELECT p.proname, p.proname || '(' || pg_get_function_arguments(p.oid) || ')'
FROM pg_proc p $member AND d.classid = 'pg_proc'::regclass AND d.objid = p.oid ORDER BY 1, 2
SQL
	my @types = rows($database, <<"SQL");
SELECT t.typname FROM pg_type t $member AND d.classid = 'pg_type'::regclass AND d.objid = t.oid
WHERE t.typelem = 0 OR t.typlen <> -1 ORDER BY 1
SQL
	drop_database($database);

	# What the first cell of a row in a table says, in backticks, with a parenthesis after the name.
	my %documented;
	for my $cell ($all =~ /^\|([^|]*)\|/mg)
	{
		$documented{$_} = 1 for map { signatures($_) } $cell =~ /`(\w+\([^`]*\))`/g;
	}
	my %known = map { spelled($_->[1]) => 1 } @functions;

	ok(@functions > 0 && @types > 0, 'the extension has functions and types');
	is_deeply([ grep { !$documented{$_} } sort keys %known ],
		[], 'every function is in a table of docs, with its arguments');
	is_deeply([ grep { !$known{$_} } sort keys %documented ],
		[], 'every function in a table of docs exists, with these arguments');
	is_deeply([ grep { $all !~ /`$_`/ } map { $_->[0] } @types ], [], 'every type is in docs');
}

# ---------------------------------------------------------------- links

# A heading as an anchor, the way GitHub makes it.
sub anchor
{
	my ($heading) = @_;
	$heading = lc $heading;
	$heading =~ s/[^\w\- ]//g;
	$heading =~ s/ /-/g;
	return $heading;
}

sub broken_links
{
	my ($file) = @_;
	my $text = content($file);
	my @broken;

	$text =~ s/^```.*?^```$//msg;
	for my $link ($text =~ /\]\(([^)\s]+)\)/g)
	{
		next if $link =~ /^\w+:/;
		my ($path, $anchor) = $link =~ /^([^#]*)#?(.*)$/;
		my $target = $path eq '' ? $file : dirname($file) . "/$path";
		my %anchors;
		%anchors = map { anchor($_) => 1 } content($target) =~ /^#+ (.+)$/mg
		  if -f $target && $anchor ne '';
		push @broken, $link if !-e $target || ($anchor ne '' && !$anchors{$anchor});
	}
	return @broken;
}

# ---------------------------------------------------------------- all

my @docs = sort glob("$root/docs/*.md");

ok(@docs > 0, 'docs has files');
run_file($_) for "$root/README.md", @docs;
check_reference(@docs);
is_deeply([ broken_links($_) ], [], 'links of ' . basename($_))
  for "$root/README.md", "$root/ARCHITECTURE.md", "$root/CHANGELOG.md", @docs;
done_testing();
